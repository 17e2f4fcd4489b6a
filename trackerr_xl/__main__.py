"""`python -m trackerr_xl` is the command `trackerr-xl`."""

from trackerr_xl.cli import main

if __name__ == "__main__":
    main()
