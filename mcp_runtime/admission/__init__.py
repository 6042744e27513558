"""Who may call how often and how much at once: leased rates, slots, daily quotas."""
