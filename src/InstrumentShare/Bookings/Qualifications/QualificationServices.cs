using InstrumentShare.Access.Accounts;
using InstrumentShare.Catalog;

namespace InstrumentShare.Bookings.Qualifications;

internal static class QualificationServices
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<Requirements>().AddSingleton<RemindOfExpiry>();
        services.AddScoped<StandingQuery>().AddScoped<IBookingGate, QualificationGate>().AddScoped<UseQualification>();
        services.AddScoped<SaveQualification>().AddScoped<PlanTraining>().AddScoped<CancelTraining>().AddScoped<MoveTraining>().AddScoped<FreeTrainingTime>().AddScoped<SignUpForTraining>().AddScoped<RecordResults>().AddScoped<ChangeCertificates>();
        services.AddScoped<QualificationQueries>().AddScoped<TrainingQueries>().AddScoped<CertificateQueries>().AddScoped<CertificateFile>().AddScoped<IPersonalDataSource, CertificateQueries>();
        services.AddScoped<InstrumentQualifications>().AddScoped<IInstrumentDetail>(s => s.GetRequiredService<InstrumentQualifications>());
    }
}
