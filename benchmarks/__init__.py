"""Claims about speed, memory and quality, measured against peers in the same run."""
