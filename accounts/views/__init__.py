"""The pages about accounts, people and organisations."""
