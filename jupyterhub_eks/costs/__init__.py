"""What a deployment costs, before it exists. Pure, but for reading price lists.

Amounts are of the price list, without taxes, discounts and free allowances. A month has 730
hours, and a GB is what AWS bills as one: 2^30 bytes.
"""
