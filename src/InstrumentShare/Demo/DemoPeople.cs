using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>An invented person. <paramref name="Weight"/> is how often they book, against others.</summary>
internal sealed record DemoPerson(Person Entity, DemoInstitution? Institution, int Weight)
{
    public PersonId Id => new(Entity.Id);

    public Group? Group { get; set; }

    /// <summary>The fund that their bookings name.</summary>
    public Guid? FundId { get; set; }
}

/// <summary>Sixty invented people: the accounts of the sign-in page first, then as many as each institution has.</summary>
internal sealed class DemoPeople
{
    private static readonly (string Email, string Name, string NameEn, string Institution, int Weight)[] Fixed =
    [
        ("researcher", "林晓雯", "Lin Xiaowen", DemoInstitutions.Home, 4), ("leader", "周志远", "Zhou Zhiyuan", DemoInstitutions.Home, 2),
        ("manager", "何建国", "He Jianguo", DemoInstitutions.Home, 1), ("technician", "马丽", "Ma Li", DemoInstitutions.Home, 1),
        ("institution", "徐敏", "Xu Min", DemoInstitutions.Home, 0), ("researcher2", "孙海涛", "Sun Haitao", "ocean", 4),
        ("company", "吴珊", "Wu Shan", "chips", 4), ("officer", "郑文华", "Zheng Wenhua", "office", 0),
        ("auditor", "冯洁", "Feng Jie", "office", 0), ("admin", "系统管理员（演示）", "Demo Administrator", "office", 0),
    ];

    private static readonly string[] Surnames = ["王 Wang", "李 Li", "张 Zhang", "刘 Liu", "陈 Chen", "杨 Yang", "赵 Zhao", "黄 Huang", "朱 Zhu", "胡 Hu", "郭 Guo", "高 Gao", "罗 Luo", "梁 Liang", "宋 Song", "唐 Tang", "许 Xu", "邓 Deng", "韩 Han", "曹 Cao"];

    private static readonly string[] GivenNames = ["伟 Wei", "芳 Fang", "静怡 Jingyi", "磊 Lei", "雨桐 Yutong", "浩然 Haoran", "婷 Ting", "子轩 Zixuan", "欣 Xin", "鹏 Peng", "思远 Siyuan", "雪 Xue", "俊杰 Junjie", "梦洁 Mengjie", "强 Qiang", "倩 Qian", "志强 Zhiqiang", "宇航 Yuhang", "佳 Jia", "晨曦 Chenxi"];

    private static readonly (string Name, string NameEn)[] GroupNames =
    [
        ("先进能源材料", "Advanced Energy Materials"), ("结构生物学", "Structural Biology"), ("环境分析化学", "Environmental Analytical Chemistry"), ("低维物理", "Low-Dimensional Physics"),
        ("精准医学", "Precision Medicine"), ("智能制造", "Smart Manufacturing"), ("高分子研发", "Polymer Development"), ("海洋生物资源", "Marine Bioresources"), ("海洋化学", "Marine Chemistry"),
        ("生物质转化", "Biomass Conversion"), ("催化", "Catalysis"), ("检测方法", "Test Methods"), ("抗体药物", "Antibody Drugs"), ("失效分析", "Failure Analysis"), ("装备材料", "Equipment Materials"), ("创新实践", "Innovation Practice"),
    ];

    public List<DemoPerson> All { get; } = [];

    public List<Group> Groups { get; } = [];

    public List<Membership> Memberships { get; } = [];

    public List<RoleGrant> Grants { get; } = [];

    public static DemoPeople Make(DemoRandom random, IReadOnlyList<DemoInstitution> institutions, LocalDate anchor, Instant founded)
    {
        var people = new DemoPeople();
        foreach (var (email, name, nameEn, key, weight) in Fixed)
            people.All.Add(Person(random, email, name, nameEn, institutions.Single(i => i.Key == key), weight, founded));
        foreach (var institution in institutions)
            while (people.Of(institution).Count < institution.People) people.All.Add(people.Invented(random, institution, founded));
        people.All.Add(people.Invented(random, null, founded));
        foreach (var institution in institutions) people.AddGroups(random, institution, anchor, founded);
        people.GrantRoles(random, institutions, founded);
        return people;
    }

    public IReadOnlyList<DemoPerson> Of(DemoInstitution institution) => All.Where(p => p.Institution == institution).ToList();

    public DemoPerson Named(string account) => All.First(p => p.Entity.Email == account + "@demo.example");

    /// <summary>Who manages an institution's instruments.</summary>
    public DemoPerson ManagerOf(DemoInstitution institution) => All.First(p => Grants.Any(g => g.Role == Role.LabManager && g.PersonId == p.Id && g.ScopeId == institution.Entity.Id.Value));

    public void Grant(DemoRandom random, DemoPerson person, Role role, ScopeKind kind, Guid? scope, string? region, Instant at) => Grants.Add(new RoleGrant
    {
        Id = random.Id(at), PersonId = person.Id, Role = role, ScopeKind = kind, ScopeId = scope, ScopeRegion = region is null ? null : new Region(region), GrantedAt = at,
    });

    private DemoPerson Invented(DemoRandom random, DemoInstitution? institution, Instant founded)
    {
        while (true)
        {
            var (surname, given) = (random.Pick(Surnames).Split(' '), random.Pick(GivenNames).Split(' '));
            if (All.Any(p => p.Entity.Name == surname[0] + given[0])) continue;
            var email = string.Create(CultureInfo.InvariantCulture, $"{surname[1]}.{given[1]}").ToLowerInvariant();
            return Person(random, email, surname[0] + given[0], $"{surname[1]} {given[1]}", institution, random.Between(1, 3), founded);
        }
    }

    private static DemoPerson Person(DemoRandom random, string email, string name, string nameEn, DemoInstitution? institution, int weight, Instant founded)
    {
        var address = email + "@demo.example";
        return new DemoPerson(new Person
        {
            Id = random.Id(founded), Name = name, NameEn = nameEn, InstitutionId = institution?.Entity.Id, IsDemo = true, CreatedAt = founded,
            UserName = address, NormalizedUserName = address.ToUpperInvariant(), Email = address, NormalizedEmail = address.ToUpperInvariant(), EmailConfirmed = true,
            PasswordHash = DemoAccounts.PasswordHash, SecurityStamp = random.Id(founded).ToString(), ConcurrencyStamp = random.Id(founded).ToString(), LockoutEnabled = true,
        }, institution, weight);
    }

    private void AddGroups(DemoRandom random, DemoInstitution institution, LocalDate anchor, Instant founded)
    {
        var people = Of(institution);
        var leaders = people.Count > 5 && institution.Key == DemoInstitutions.Home ? people.Where(p => p.Entity.Email!.StartsWith("leader@", StringComparison.Ordinal)).Concat(people.Skip(8)).ToList() : people;
        for (var i = 0; i < institution.Groups; i++)
        {
            var (name, nameEn) = GroupNames[Groups.Count % GroupNames.Length];
            var group = new Group
            {
                Id = new GroupId(random.Id(founded)), InstitutionId = institution.Entity.Id, Name = name + "课题组", NameEn = nameEn + " Group", LeaderId = leaders[i].Id, CreatedAt = founded,
            };
            Groups.Add(group);
            foreach (var (person, at) in people.Select((p, at) => (p, at)))
            {
                // The researcher of the sign-in page works in the leader's group.
                var home = at % institution.Groups == i || (i == 0 && at < 2) || person == leaders[i];
                var before = !home && random.Chance(120);
                if (!home && !before) continue;
                if (home) person.Group ??= group;
                Memberships.Add(new Membership
                {
                    Id = random.Id(founded), GroupId = group.Id, PersonId = person.Id, CreatedAt = founded,
                    StartsOn = anchor.PlusMonths(-30), EndsOn = before ? anchor.PlusMonths(-14) : null,
                });
            }
        }
    }

    private void GrantRoles(DemoRandom random, IReadOnlyList<DemoInstitution> institutions, Instant founded)
    {
        foreach (var group in Groups) Grant(random, All.Single(p => p.Id == group.LeaderId), Role.GroupLeader, ScopeKind.Group, group.Id.Value, null, founded);
        foreach (var institution in institutions.Where(i => i.People > 0 && i.Key != "office"))
        {
            var people = Of(institution);
            var home = institution.Key == DemoInstitutions.Home;
            var id = institution.Entity.Id.Value;
            if (institution.Instruments > 0) Grant(random, home ? Named("manager") : people[^1], Role.LabManager, ScopeKind.Institution, id, null, founded);
            Grant(random, home ? Named("institution") : people[people.Count / 2], Role.InstitutionAdministrator, ScopeKind.Institution, id, null, founded);
        }

        foreach (var region in new[] { "CN-34", "CN-37" }) Grant(random, Named("officer"), Role.FundingOfficer, ScopeKind.Region, null, region, founded);
        Grant(random, Named("auditor"), Role.Auditor, ScopeKind.All, null, null, founded);
        Grant(random, Named("admin"), Role.SystemAdministrator, ScopeKind.All, null, null, founded);
    }
}
