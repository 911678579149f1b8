"""Starting and watching the programs that make up the line on one computer."""
