"""Words as people and papers write them: days, quantities, terms, markup; knows nothing of papers."""
