"""What changes while somebody looks at it: pages are told so on an event stream."""
