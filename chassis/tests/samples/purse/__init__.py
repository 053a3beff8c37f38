"""A sample service that receives facts: it holds the coins that the mint struck. It belongs to the chassis's tests."""
