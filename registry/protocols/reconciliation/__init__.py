"""The Reconciliation Service API of the W3C Entity Reconciliation Community Group, as OpenRefine speaks it.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/ is version 0.2; a second root
speaks the draft of 1.0. `service` says what a root answers from, `queries` reads what is asked, `matching`
finds candidates, `properties` and `extending` tell what is known of them; `routes` and `draft` are the roots.
"""
