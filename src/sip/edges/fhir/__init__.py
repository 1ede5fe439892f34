"""What record systems read: FHIR R4, beside the API and under the same keys."""
