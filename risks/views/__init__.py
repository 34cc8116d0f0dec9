"""The pages of the register: its list, and each thing that can be done with one risk. Showing one is for `overview`."""
