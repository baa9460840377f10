using InstrumentShare.Kernel;

namespace InstrumentShare.Bookings.Qualifications;

public readonly record struct QualificationId(Guid Value) : ITypedId<QualificationId>
{
    public static QualificationId From(Guid value) => new(value);
}

public readonly record struct TrainingSessionId(Guid Value) : ITypedId<TrainingSessionId>
{
    public static TrainingSessionId From(Guid value) => new(value);
}

public readonly record struct CertificateId(Guid Value) : ITypedId<CertificateId>
{
    public static CertificateId From(Guid value) => new(value);
}
