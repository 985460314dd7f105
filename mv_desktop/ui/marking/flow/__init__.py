"""What happens to a script as a whole: the submit check, handing back, flags, the time it takes."""
