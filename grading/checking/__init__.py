"""Before release: is the marking right, and would its tests notice a wrong answer?"""
