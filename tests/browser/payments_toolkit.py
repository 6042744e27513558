"""An installed toolkit whose tool asks people to open a page: for what must not pass through the client."""

from typing import Final

from mcp_runtime.toolkits import Context, Toolkit

PAYMENT_PAGE: Final = "https://pay.example/orders/17"

toolkit = Toolkit("payments", title="Payments", description="Money, on pages of its own.")


@toolkit.tool(read_only=True)
async def pay(context: Context) -> str:
    """Have an order paid for."""
    return f"The page was {(await context.elicit_url('Pay for order 17.', PAYMENT_PAGE)).action}ed."
