"""Which units have closed and who has taken over: the beginning of a statement whose first value is now."""

SUCCESSORS = """with recursive chain (unit_id, next_id, step) as (
        select id, successor_id, 1 from unit where archived_at <= $1 and successor_id is not null
        union all select c.unit_id, u.successor_id, c.step + 1 from chain c join unit u on u.id = c.next_id
        where u.archived_at <= $1 and u.successor_id is not null and c.step < 20
    )"""
"""`chain`: the unit, and whom it leads to, step by step; the first that has not closed has taken over."""
