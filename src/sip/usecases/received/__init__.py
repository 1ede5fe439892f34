"""What came by mail: kept, matched with what it answers, judged, and told."""
