"""Writing. A service takes keywords only, opens its tenant's scope, asks the actor, and announces what it changed."""
