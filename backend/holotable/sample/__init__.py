"""The sample project, generated: gearbox, pump skid, house, unitless mesh, stress rack."""
