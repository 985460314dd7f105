"""Insight: how students, teachers and questions are doing, as charts beside tables."""
