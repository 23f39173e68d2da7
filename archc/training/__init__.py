"""The loop: batches and a recipe -> steps, figures and events. It knows no files."""
