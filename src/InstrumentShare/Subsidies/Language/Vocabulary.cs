namespace InstrumentShare.Subsidies.Language;

/// <summary>How far a text or a figure may be trusted: read in the issuing text, read in a report of it, or neither.</summary>
public enum Trust { Verified, Reported, Draft }

public enum Payer { City, District, Province }

public enum BeneficiaryKind { Institution, User }

public enum UserKind { Enterprise, Research, StudentTeam, Individual }

public enum Funding { Public, Private }

public enum Grade { Excellent, Good, Pass, Fail }

public enum AccrualBasis { ServedOn, InvoicedOn }

/// <summary>What one line of pay stands for: a service rendered, or an instrument held.</summary>
public enum PayUnit { Service, Instrument }

/// <summary>Caps from the inside out. Claim and instrument never nest in one another.</summary>
public enum CapLevel { Line, Claim, Instrument, Beneficiary, Programme }

/// <summary>A cap holds over the whole accrual window or in each calendar year of accrual.</summary>
public enum CapPeriod { Window, Year }

public enum RoundingMode { HalfUp, Down }

public enum Apportionment { LargestRemainder }

public enum ThresholdScope { Any, Alone, Set }

/// <summary>Marks on a service, an institution or a user. The first thirteen exclude where a policy lists them; the others raise a rate.</summary>
[Flags]
public enum Tag
{
    None = 0,
    RelatedParty = 1 << 0,
    SameEntity = 1 << 1,
    OutOfRegion = 1 << 2,
    StatutoryCertification = 1 << 3,
    EnforcementInspection = 1 << 4,
    TradeInspection = 1 << 5,
    CommercialFilming = 1 << 6,
    MedicalService = 1 << 7,
    TelecomBilling = 1 << 8,
    BatchTesting = 1 << 9,
    StatutoryDuty = 1 << 10,
    AlreadyFunded = 1 << 11,
    DuplicateClaim = 1 << 12,
    HighTech = 1 << 13,
    Qianfan = 1 << 14,
    NetworkMember = 1 << 15,
    ProjectResearch = 1 << 16,
    ProjectCity = 1 << 17,
}

/// <summary>Why a line pays nothing. The first thirteen bits are the excluding tags; the lowest bit set is the reason that is named.</summary>
[Flags]
public enum Reasons
{
    None = 0,
    OutsideWindow = 1 << 13,
    NotEnrolled = 1 << 14,
    BelowThreshold = 1 << 15,
    WrongFunding = 1 << 16,
    NotEligible = 1 << 17,
}

/// <summary>Papers behind a service. What is missing is named and changes no amount.</summary>
[Flags]
public enum Evidence
{
    None = 0,
    Contract = 1 << 0,
    Invoice = 1 << 1,
    Report = 1 << 2,
    Payment = 1 << 3,
    ProjectBook = 1 << 4,
    All = Contract | Invoice | Report | Payment | ProjectBook,
}
