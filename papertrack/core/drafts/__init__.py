"""The draft file as the author edits it: merged on redrafting, absorbed, checked."""
