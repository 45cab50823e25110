"""Analyse: RFM groups, segments, association rules, trees, interests."""
