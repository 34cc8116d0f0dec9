"""Tables in files: reading CSV and XLSX that anybody may have made, and writing both so that nothing in them runs."""
