"""The knowledge families: facts about the world, from libraries that are kept up to date.

Nothing is read from a library before a family is first asked for a fact.
"""

from mof.tasks.calendar_words import CalendarWord
from mof.tasks.characters import CharacterReading
from mof.tasks.cities import CityCountry
from mof.tasks.countries import CallingCode, CountryCode
from mof.tasks.currencies import CountryCurrency, CurrencyCode
from mof.tasks.elements import ElementMass, ElementSymbol
from mof.tasks.festivals import FestivalDate, YearName
from mof.tasks.languages import LanguageCode, LanguageOwnName, LanguageScript, OfficialLanguage
from mof.tasks.units import UnitRatio, UnitSymbol

KNOWLEDGE_FAMILIES = (
    CountryCode(),
    CallingCode(),
    CountryCurrency(),
    CurrencyCode(),
    CityCountry(),
    OfficialLanguage(),
    LanguageCode(),
    LanguageOwnName(),
    LanguageScript(),
    CalendarWord(),
    FestivalDate(),
    YearName(),
    ElementSymbol(),
    ElementMass(),
    UnitSymbol(),
    UnitRatio(),
    CharacterReading(),
)
