using InstrumentShare.Access.Accounts;

namespace InstrumentShare.Bookings.HouseRules;

internal static class HouseRuleServices
{
    public static void Add(IServiceCollection services) => services
        .AddSingleton<HouseRuleDocuments>().AddScoped<IBookingGate, HouseRuleGate>().AddScoped<PublishHouseRule>().AddScoped<AgreeToHouseRule>()
        .AddScoped<HouseRuleQueries>().AddScoped<IPersonalDataSource, HouseRuleQueries>();
}
