namespace InstrumentShare.Access;

/// <summary>Which price list a user belongs to, seen from the institution that owns the instrument.</summary>
public enum UserClass
{
    /// <summary>Of the owning institution.</summary>
    Internal,

    /// <summary>Of another university, institute, hospital, public body, or a student team.</summary>
    Academic,

    /// <summary>Everyone else, people without an institution among them.</summary>
    Enterprise,
}

public static class UserClassRules
{
    /// <param name="owner">The institution that owns the instrument.</param>
    /// <param name="user">The user's institution; null when there is none.</param>
    /// <param name="userKind">What that institution is.</param>
    public static UserClass Of(InstitutionId owner, InstitutionId? user, InstitutionKind? userKind) => (user, userKind) switch
    {
        (null, _) => UserClass.Enterprise,
        ({ } id, _) when id == owner => UserClass.Internal,
        (_, InstitutionKind.University or InstitutionKind.Institute or InstitutionKind.Hospital or InstitutionKind.PublicBody or InstitutionKind.StudentTeam) => UserClass.Academic,
        _ => UserClass.Enterprise,
    };
}
