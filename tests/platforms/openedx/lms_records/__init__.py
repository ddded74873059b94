"""What the LMS itself would keep about a person, as far as the LTI code reads it."""
