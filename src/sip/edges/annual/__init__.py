"""The yearly report told in words, as a page's body and as files: PDF, HTML, XLSX, CSV and JSON."""
