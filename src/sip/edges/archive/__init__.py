"""What is handed to an archive: documents, files and folders of a meeting and of an organisation."""
