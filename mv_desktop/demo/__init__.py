"""A whole Mathvidya on this computer: servers, people, papers and answer sheets."""
