"""The constraints table: what its rows mean, what they come to, and which of them cannot hold together."""
