"""The way of a change set from its draft to a version: submission, approval, schedule, withdrawal."""
