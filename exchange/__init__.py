"""All that the VUM interface defines: data standard, selectievraag, distances, source and searcher."""
