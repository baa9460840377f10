using InstrumentShare.Kernel;

namespace InstrumentShare.Access;

public readonly record struct PersonId(Guid Value) : ITypedId<PersonId>
{
    public static PersonId From(Guid value) => new(value);
}

public readonly record struct InstitutionId(Guid Value) : ITypedId<InstitutionId>
{
    public static InstitutionId From(Guid value) => new(value);
}

public readonly record struct GroupId(Guid Value) : ITypedId<GroupId>
{
    public static GroupId From(Guid value) => new(value);
}
