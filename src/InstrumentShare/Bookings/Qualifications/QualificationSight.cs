using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>Whose qualifications a role of the caller covers; regions are resolved to their institutions, so that lists filter by ids alone.</summary>
public sealed record QualificationSight(bool Everything, Guid[] Institutions, Guid[] Instruments)
{
    /// <summary>SQL over <c>@everything, @institutions, @instruments</c> for a qualification q.</summary>
    public const string Sql = "(@everything OR q.institution_id = ANY(@institutions) OR q.instrument_id = ANY(@instruments))";

    public static async Task<QualificationSight> OfAsync(AppDb db, Caller caller, string permission, CancellationToken cancel)
    {
        var grants = caller.GrantsOf(permission).ToList();
        var institutions = Ids(grants, ScopeKind.Institution);
        var regions = grants.Where(g => g.ScopeKind == ScopeKind.Region).Select(g => g.ScopeRegion!.Value.Code + "%").ToArray();
        if (regions.Length > 0) institutions = [.. institutions, .. await db.Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM institutions WHERE region LIKE ANY({regions})").ToListAsync(cancel)];
        return new QualificationSight(grants.Any(g => g.ScopeKind == ScopeKind.All), institutions, Ids(grants, ScopeKind.Instrument));
    }

    public void AddTo(NpgsqlParameterCollection parameters)
    {
        parameters.AddWithValue("everything", Everything);
        parameters.AddWithValue("institutions", Institutions);
        parameters.AddWithValue("instruments", Instruments);
    }

    private static Guid[] Ids(IEnumerable<RoleGrant> grants, ScopeKind kind) => [.. grants.Where(g => g.ScopeKind == kind).Select(g => g.ScopeId!.Value)];
}
