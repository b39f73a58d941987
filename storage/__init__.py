"""The archive: the ledger of links, the snapshots, the articles and their history."""
