"""The addresses under /fhir/R4, by what they give."""
