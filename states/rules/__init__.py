"""The rules: pure functions, each opening with its clause. Which action asks which stands with the
action (states/actions/).

Clauses are named for 2025 to help the reader; what a finding cites is the clause in the policy, so
another year or province cites its own. All findings are returned, not the first.
"""
