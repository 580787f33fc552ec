"""What small trained models have in common: linear models, heads, taggers, as files."""
