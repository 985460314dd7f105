"""Quality: samples that are marked a second time, who has them, and how well both markings agree."""
