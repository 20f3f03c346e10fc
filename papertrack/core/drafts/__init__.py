"""The draft file in the author's hands: merged when drafted again, absorbed, checked."""
