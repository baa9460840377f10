using InstrumentShare.Access.Accounts;
using InstrumentShare.Notifications;

namespace InstrumentShare.Bookings.Standby;

internal static class StandbyServices
{
    public static IEnumerable<MailKind> MailKinds => [new(StandbyNews.OfferMade, MayBeOff: false), new(StandbyNews.OfferExpired, MayBeOff: true), new("booking.taken-over", MayBeOff: true)];

    public static void Add(IServiceCollection services, IConfiguration configuration) => services
        .Configure<StandbyOptions>(configuration.GetSection(StandbyOptions.Section))
        .AddScoped<JudgeStandby>().AddScoped<JoinStandby>().AddScoped<StandbyChange>().AddScoped<WithdrawStandby>().AddScoped<AnswerOffer>()
        .AddScoped<StandbyQueries>().AddScoped<IPersonalDataSource, StandbyQueries>()
        .AddSingleton<ExpireOffers>().AddSingleton<OfferFreedTime>().AddSingleton<FindTakeOvers>().AddSingleton<IMailFacts, StandbyMailFacts>();
}
