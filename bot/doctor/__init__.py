"""Finds out what is wrong with an installation or a file of settings, and says the mend."""

from bot.doctor.diagnosis import Diagnosis, Soundness
from bot.doctor.installation import examine
from bot.doctor.settings import examine_settings

__all__ = ["Diagnosis", "Soundness", "examine", "examine_settings"]
