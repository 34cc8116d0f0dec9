"""Finding look-alikes: what a risk's words mean as a vector, what it is about, and why two risks are alike.

Numbers and words only: nothing here knows the database.
"""
